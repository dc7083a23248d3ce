namespace Gatehouse.Trust;

/// <summary>What a scan found.</summary>
/// <param name="Entries">What is to be recorded.</param>
/// <param name="Findings">What was not recorded and why, by path.</param>
/// <param name="State">For the next quick scan and for updates.</param>
/// <param name="Files">Files looked at.</param>
/// <param name="Bytes">Bytes hashed.</param>
public sealed record ScanResult(
    IReadOnlyList<TrustEntry> Entries, IReadOnlyList<ScanFinding> Findings, ScanState State, int Files, long Bytes);
