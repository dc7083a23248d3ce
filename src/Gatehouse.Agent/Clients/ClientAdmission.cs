using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Kernel.Clients;

namespace Gatehouse.Agent.Clients;

/// <summary>Finds out whether a process is the client that it says it is.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>the folder of registrations</term><description>who is let in</description></listheader>
/// <item><term>has no file</term><description>root and the agent's own user, under any name and without limits</description></item>
/// <item><term>has files, good or bad</term><description>whom a good one names: by its user and by the inode that it executes, and
/// where the file asks for it by the content of that</description></item>
/// </list>
/// Every failure to find out is closed: not let in.
/// </remarks>
/// <param name="registry">Who is registered.</param>
/// <param name="privileged">Root and the agent's own user.</param>
/// <param name="trustOf">From a SHA-256 to a word of <c>image.trust</c>.</param>
internal sealed class ClientAdmission(ClientRegistry registry, IReadOnlySet<uint> privileged, Func<string, string?> trustOf)
{
    /// <summary>Whether a user may be heard at all.</summary>
    public bool MayKnock(uint uid)
    {
        var files = registry.Read();
        return files.IsEmpty ? privileged.Contains(uid) : files.Clients.Values.Any(c => c.Uid == uid);
    }

    /// <summary>Asks for a name.</summary>
    public AdmissionOutcome Admit(Socket? socket, string name)
    {
        if (socket is null)
        {
            return AdmissionOutcome.Refused("the connection has ended");
        }

        try
        {
            using var peer = PeerProcess.Of(socket);
            return Admit(peer, name);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return AdmissionOutcome.Refused("the kernel does not say who connected");
        }
    }

    /// <summary>Asks for a name.</summary>
    public AdmissionOutcome Admit(PeerProcess peer, string name)
    {
        var files = registry.Read();
        if (files.IsEmpty)
        {
            return privileged.Contains(peer.Uid)
                ? AdmissionOutcome.Unlimited
                : AdmissionOutcome.Refused($"{registry.Directory} registers no client, so only root is let in");
        }

        if (!files.Clients.TryGetValue(name, out var client))
        {
            return AdmissionOutcome.Refused($"{registry.Directory} does not register \"{name}\"");
        }

        return WhyNot(peer, client) is { } reason ? AdmissionOutcome.Refused(reason) : new AdmissionOutcome(client, null);
    }

    private string? WhyNot(PeerProcess peer, RegisteredClient client)
    {
        if (peer.Uid != client.Uid)
        {
            return string.Create(CultureInfo.InvariantCulture, $"process {peer.Id} is of user {peer.Uid}; \"{client.Name}\" is registered for user {client.Definition.User}");
        }

        try
        {
            using var registered = OpenedFile.Open(client.Definition.ExecutablePath);
            using var executed = peer.OpenExecutable();
            if (!executed.IsSame(registered))
            {
                return string.Create(CultureInfo.InvariantCulture, $"process {peer.Id} does not execute {client.Definition.ExecutablePath}");
            }

            return WhyNotContent(executed, client);
        }
        catch (IOException e)
        {
            return $"what is executed cannot be looked at: {e.Message}";
        }
    }

    private string? WhyNotContent(OpenedFile executed, RegisteredClient client)
    {
        var definition = client.Definition;
        if (definition.Sha256.IsEmpty && definition.Trust is null)
        {
            // Without its content the file is known by who can change it.
            return !privileged.Contains(executed.OwnerUid) || executed.IsWritableByOthers
                ? $"{definition.ExecutablePath} can be changed by others than root; register its sha256, or make it root's and not writable"
                : null;
        }

        var digest = DigestOf(executed);
        if (!definition.Sha256.IsEmpty && !definition.Sha256.Contains(digest, StringComparer.Ordinal))
        {
            return $"{definition.ExecutablePath} has the SHA-256 {digest}, which is not registered";
        }

        return definition.Trust is { } trust && !string.Equals(trustOf(digest), trust, StringComparison.Ordinal)
            ? $"{definition.ExecutablePath} is not trusted by a {trust}"
            : null;
    }

    private static string DigestOf(OpenedFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        long at = 0;
        while (RandomAccess.Read(file.Handle, buffer, at) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            at += read;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
