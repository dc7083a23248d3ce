using Gatehouse.Agent.Enforcement;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class CanaryResponseTests
{
    private readonly List<string> _done = [];

    [Fact]
    public void One_round_that_fails_does_nothing_and_one_that_succeeds_begins_the_count_anew()
    {
        var response = Create(FailureResponse.Panic);
        foreach (var proven in (bool[])[false, false, true, false, false, true])
        {
            response.After(proven).ShouldBe(!proven, "what fails is tried again at once");
        }

        _done.ShouldBeEmpty();
    }

    [Fact]
    public void Third_round_takes_every_interface_down_but_the_loopback_and_so_does_each_one_after_it()
    {
        var response = Create(FailureResponse.Isolate);
        for (var i = 0; i < CanaryResponse.Rounds + 1; i++)
        {
            response.After(proven: false);
        }

        _done.ShouldBe(["down eth0", "down wlan0", "down eth0", "down wlan0"]);
    }

    [Fact]
    public void Third_round_crashes_the_kernel()
    {
        var response = Create(FailureResponse.Panic);
        for (var i = 0; i < CanaryResponse.Rounds; i++)
        {
            response.After(proven: false);
        }

        _done.ShouldBe(["panic"]);
    }

    [Fact]
    public void Who_chose_a_report_has_no_more()
    {
        var response = Create(FailureResponse.Report);
        for (var i = 0; i < 10; i++)
        {
            response.After(proven: false).ShouldBeFalse();
        }

        _done.ShouldBeEmpty();
    }

    private CanaryResponse Create(FailureResponse response) => new(response, NullLogger.Instance)
    {
        Interfaces = static () => ["lo", "eth0", "wlan0"],
        TakeDown = name =>
        {
            _done.Add("down " + name);
            return null;
        },
        Panic = () => _done.Add("panic"),
    };
}
