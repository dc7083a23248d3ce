using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>What every file of bpf/ must be, beyond what the compiler and the verifier see.</summary>
public sealed class KernelSourceTests
{
    private const string Licence = "/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */";

    public static TheoryData<string> Sources => [.. Repository.Files("bpf", ".c", ".h")];

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_file_begins_with_its_licence(string path) => Repository.Read(path).Split('\n')[0].ShouldBe(Licence);

    /// <summary>root can replace a global function of a loaded program by one of its own (freplace), but not a static one.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void A_function_is_static_or_a_program_or_cannot_be_replaced(string path) =>
        KernelSource.ReplaceableFunctions(Repository.Read(path)).ShouldBeEmpty();

    [Fact]
    public void The_programs_are_found_so_the_check_is_one_of_something() =>
        Repository.Files("bpf", ".c", ".h").Sum(static f => KernelSource.Functions(Repository.Read(f)).Count).ShouldBeGreaterThan(50);

    [Theory]
    [InlineData("int decide(int a)\n{\n\treturn a;\n}\n", "decide")]
    [InlineData("__noinline int decide(struct file *file,\n\t\t\tint a)\n{\n}\n", "decide")]
    [InlineData("struct inode *\nfind(void)\n{\n}\n", "find")]
    [InlineData("static int decide(int a)\n{\n}\n", null)]
    [InlineData("static __always_inline struct inode *find(void)\n{\n}\n", null)]
    [InlineData("SEC(\"lsm/file_open\")\nint BPF_PROG(gh_open, struct file *file, int ret)\n{\n}\n", null)]
    [InlineData("int BPF_PROG(gh_open, struct file *file, int ret)\n{\n}\n", "gh_open")]
    [InlineData("int decide(int a);\n", null)]
    [InlineData("/* SEC(\"x\") */\nint decide(int a)\n{\n}\n", "decide")]
    [InlineData("struct gh_row {\n\tint a;\n};\nint gh_x SEC(\".maps\");\n", null)]
    [InlineData("GH_GLOBAL int decide(const __u32 *slot, __u32 a)\n{\n}\n", null)]
    [InlineData("GH_GLOBAL int decide(const struct gh_asker *asker, __u32 a)\n{\n}\n", "decide")]
    [InlineData("GH_GLOBAL int decide(__u32 a, const __u32 *slot)\n{\n}\n", "decide")]
    public void A_function_that_can_be_replaced_is_found_whatever_its_form(string source, string? name) =>
        KernelSource.ReplaceableFunctions(source).ShouldBe(name is null ? [] : [name]);
}
