using System.Security.Cryptography;
using Gatehouse.Trust;

namespace Gatehouse.Agent.Tests.Fakes;

/// <summary>An owner with a key, who signs tickets.</summary>
internal sealed class Owner : IDisposable
{
    public const string Host = "4c4c45440042351080354fc04f463032";

    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TrustDigest Fingerprint => OwnerKey.FingerprintOf(Key);

    public string PublicPem => Key.ExportSubjectPublicKeyInfoPem();

    /// <summary>For an hour from noon on, to unseal this host, unless changed.</summary>
    public Ticket Ticket(params TicketAction[] actions) => new()
    {
        Id = TicketId.New(),
        Key = Fingerprint,
        Host = Host,
        Actions = actions.Length == 0 ? [TicketAction.Unseal] : [.. actions],
        NotBefore = Noon,
        NotAfter = Noon + TimeSpan.FromHours(1),
        Reason = "replace the disk",
    };

    public string Sign(Ticket ticket) => TicketSigner.Sign(ticket, Key);

    public string Signed(params TicketAction[] actions) => Sign(Ticket(actions));

    public void Dispose() => Key.Dispose();
}
