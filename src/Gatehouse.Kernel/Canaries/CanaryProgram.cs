namespace Gatehouse.Kernel.Canaries;

/// <summary>The smallest x86-64 ELF executable that ends with a known status: what the canary tries to run.</summary>
internal static class CanaryProgram
{
    public const int ExitStatus = 42;

    /// <summary>ELF header, one program header, and <c>mov edi, 42; mov eax, 60 (exit); syscall</c>.</summary>
    public static ReadOnlySpan<byte> Bytes =>
    [
        0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, // magic, 64 bit, little endian
        2, 0, 0x3e, 0, 1, 0, 0, 0, // executable, x86-64
        0x78, 0x00, 0x40, 0, 0, 0, 0, 0, // entry 0x400078
        0x40, 0, 0, 0, 0, 0, 0, 0, // program headers at 64
        0, 0, 0, 0, 0, 0, 0, 0, // no sections
        0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 0, 0, 0, 0, 0, 0, // sizes and counts
        1, 0, 0, 0, 5, 0, 0, 0, // load, readable and executable
        0, 0, 0, 0, 0, 0, 0, 0, // from offset 0
        0, 0, 0x40, 0, 0, 0, 0, 0, // to 0x400000
        0, 0, 0x40, 0, 0, 0, 0, 0,
        0x84, 0, 0, 0, 0, 0, 0, 0, // 132 bytes
        0x84, 0, 0, 0, 0, 0, 0, 0,
        0, 0x10, 0, 0, 0, 0, 0, 0, // aligned to 4096
        0xbf, ExitStatus, 0, 0, 0, // mov edi, 42
        0xb8, 60, 0, 0, 0, // mov eax, 60
        0x0f, 0x05, // syscall
    ];
}
