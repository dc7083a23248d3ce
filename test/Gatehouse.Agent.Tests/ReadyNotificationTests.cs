using System.Net.Sockets;
using System.Text;
using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class ReadyNotificationTests
{
    [Fact]
    public void Signs_of_life_reach_the_service_manager()
    {
        using var directory = new TestDirectory();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        manager.Bind(new UnixDomainSocketEndPoint(directory.File("notify")));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", directory.File("notify"));
        try
        {
            ReadyNotification.Alive();
        }
        finally
        {
            Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        }

        // Agents of other tests run in this process, and say something, too.
        var buffer = new byte[256];
        string said;
        do
        {
            said = Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer));
        }
        while (!string.Equals(said, "WATCHDOG=1", StringComparison.Ordinal));

        said.ShouldBe("WATCHDOG=1");
    }
}
