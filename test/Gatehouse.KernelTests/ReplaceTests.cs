using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Root can replace a global function of a loaded program by one of its own, with every link still attached. Functions of ours that
/// are not static have a shape that the kernel does not replace (bpf/lib/global.h).
/// </summary>
[Trait("speed", "slow"), Collection(WithAgent.Name)]
public sealed class ReplaceTests
{
    private static readonly string s_object = InGuest.Attack("replace.bpf.o");

    public ReplaceTests(GuestAgent agent) => ArgumentNullException.ThrowIfNull(agent);

    [Theory]
    [InlineData("by_number")]
    [InlineData("by_structure")]
    public void Global_function_of_another_shape_is_replaced(string function) =>
        InGuest.Run(InGuest.Attack("replace"), s_object, function).Output.ShouldStartWith("replaced");

    [Fact]
    public void Global_function_that_takes_a_pointer_to_a_number_is_not_replaced() =>
        ShouldBeRefused(InGuest.Run(InGuest.Attack("replace"), s_object, "by_pointer"), "is not a pointer to context");

    [Theory]
    [InlineData("gh_signal_send", "gh_signal_send")]
    [InlineData("gh_image_bprm", "gh_image_bprm")]
    [InlineData("gh_open_refused", "gh_signal_send")]
    [InlineData("gh_open_refused", "gh_trace_access")]
    [InlineData("gh_process_class_find", "gh_signal_send")]
    [InlineData("gh_process_class_find", "gh_image_bprm")]
    [InlineData("gh_gate_verdict", "gh_signal_send")]
    [InlineData("gh_gate_verdict", "gh_image_bprm")]
    public void Program_or_global_function_of_ours_is_not_replaced(string function, string program) =>
        ShouldBeRefused(
            InGuest.Run(InGuest.Attack("replace"), s_object, function, program),
            "is not a pointer to context",
            // 6.1 says this of functions whose arguments it has found not to be what their types say.
            "Cannot replace static functions");

    /// <summary>For what it is, and not because there is no such function or another program was meant.</summary>
    private static void ShouldBeRefused(Outcome outcome, params string[] reasons)
    {
        outcome.Ran.ShouldBeTrue(outcome.ToString());
        outcome.Output.ShouldStartWith("refused");
        reasons.ShouldContain(r => outcome.Output.Contains(r, StringComparison.Ordinal), outcome.Output);
    }
}
