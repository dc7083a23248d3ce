using System.Buffers.Binary;

namespace Gatehouse.Kernel;

/// <summary>The two programs of a self-test. They need no library and no interpreter, so what is tried is what the kernel sees.</summary>
public static class SelftestPrograms
{
    /// <summary>With which status <see cref="Image"/> ends, however it was loaded.</summary>
    public const int ImageStatus = 42;

    /// <summary>Bytes of memory that <see cref="Actor"/> has, from the address that it tells.</summary>
    public const int ActorBytes = 0x20000;

    /// <summary>Bytes that make one image another content.</summary>
    public const int SaltBytes = 16;

    private const int LoadableOffset = 0x120;
    private const int ImageBytes = 0x1e0;

    /// <summary>
    /// A program that makes the system calls that it is told: it writes the address of its memory (8 bytes), then reads a number and
    /// six arguments (56 bytes, at the beginning of that memory), makes the call, writes the result (8 bytes), and so on until there is
    /// nothing to read any more. Bytes get into its memory and out of it by read(2) and write(2) that it is told.
    /// </summary>
    public static ReadOnlySpan<byte> Actor =>
    [
        0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, // magic, 64 bit, little endian
        2, 0, 0x3e, 0, 1, 0, 0, 0, // executable, x86-64
        0xb0, 0x00, 0x40, 0, 0, 0, 0, 0, // entry 0x4000b0
        0x40, 0, 0, 0, 0, 0, 0, 0, // program headers at 64
        0, 0, 0, 0, 0, 0, 0, 0, // no sections
        0, 0, 0, 0, 64, 0, 56, 0, 2, 0, 0, 0, 0, 0, 0, 0, // sizes and counts
        1, 0, 0, 0, 5, 0, 0, 0, // load, readable and executable
        0, 0, 0, 0, 0, 0, 0, 0, // from offset 0
        0, 0, 0x40, 0, 0, 0, 0, 0, // to 0x400000
        0, 0, 0x40, 0, 0, 0, 0, 0,
        0x0f, 0x01, 0, 0, 0, 0, 0, 0, // 271 bytes
        0x0f, 0x01, 0, 0, 0, 0, 0, 0,
        0, 0x10, 0, 0, 0, 0, 0, 0, // aligned to 4096
        0x51, 0xe5, 0x74, 0x64, 6, 0, 0, 0, // a stack that is not executable
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0,
        0x48, 0x81, 0xec, 0x00, 0x00, 0x02, 0x00, // sub rsp, ActorBytes
        0x48, 0x89, 0xe3, // mov rbx, rsp
        0x48, 0x89, 0x1b, // mov [rbx], rbx
        0xb8, 0x01, 0x00, 0x00, 0x00, // answer: mov eax, 1 (write)
        0xbf, 0x01, 0x00, 0x00, 0x00, // mov edi, 1
        0x48, 0x89, 0xde, // mov rsi, rbx
        0xba, 0x08, 0x00, 0x00, 0x00, // mov edx, 8
        0x0f, 0x05, // syscall
        0x31, 0xc0, // xor eax, eax (read)
        0x31, 0xff, // xor edi, edi
        0x48, 0x89, 0xde, // mov rsi, rbx
        0xba, 0x38, 0x00, 0x00, 0x00, // mov edx, 56
        0x0f, 0x05, // syscall
        0x83, 0xf8, 0x38, // cmp eax, 56
        0x75, 0x22, // jne end
        0x48, 0x8b, 0x03, // mov rax, [rbx]
        0x48, 0x8b, 0x7b, 0x08, // mov rdi, [rbx + 8]
        0x48, 0x8b, 0x73, 0x10, // mov rsi, [rbx + 16]
        0x48, 0x8b, 0x53, 0x18, // mov rdx, [rbx + 24]
        0x4c, 0x8b, 0x53, 0x20, // mov r10, [rbx + 32]
        0x4c, 0x8b, 0x43, 0x28, // mov r8, [rbx + 40]
        0x4c, 0x8b, 0x4b, 0x30, // mov r9, [rbx + 48]
        0x0f, 0x05, // syscall
        0x48, 0x89, 0x03, // mov [rbx], rax
        0xeb, 0xb7, // jmp answer
        0xb8, 0xe7, 0x00, 0x00, 0x00, // end: mov eax, 231 (exit_group)
        0x31, 0xff, // xor edi, edi
        0x0f, 0x05, // syscall
    ];

    /// <summary>A file that is a program and a library: executed, started by the loader or preloaded, it ends the process with <see cref="ImageStatus"/>.</summary>
    /// <param name="salt"><see cref="SaltBytes"/> that make its content another one than that of all others.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static byte[] Image(ReadOnlySpan<byte> salt)
    {
        if (salt.Length != SaltBytes)
        {
            throw new ArgumentException($"{SaltBytes} bytes are needed", nameof(salt));
        }

        var image = new byte[ImageBytes];
        ReadOnlySpan<byte> start =
        [
            0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            3, 0, 0x3e, 0, 1, 0, 0, 0, // shared object, x86-64
        ];
        ReadOnlySpan<byte> code = [0xbf, ImageStatus, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05]; // mov edi; mov eax, exit_group; syscall
        start.CopyTo(image);
        Put(image, 24, LoadableOffset, 64);
        image[52] = 64; // size of this header
        image[54] = 56; // size and number of program headers
        image[56] = 4;

        // All of it readable and executable; the dynamic section writable; that it is one; a stack that is not executable.
        Header(image, 0, 1, 5, 0, 0, ImageBytes, 0x1000);
        Header(image, 1, 1, 6, 0x160, 0x1160, 0x80, 0x1000);
        Header(image, 2, 2, 6, 0x160, 0x1160, 0x70, 8);
        Header(image, 3, 0x6474e551, 6, 0, 0, 0, 16);
        code.CopyTo(image.AsSpan(LoadableOffset));

        // Empty tables of names (0x130), of symbols (0x138) and of their hashes (0x150): one bucket, one symbol.
        image[0x150] = 1;
        image[0x154] = 1;

        // DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_INIT, DT_NULL.
        Put(image, 0x160, 4, 0x150, 5, 0x130, 6, 0x138, 10, 1, 11, 24, 12, LoadableOffset, 0, 0);
        salt.CopyTo(image.AsSpan(ImageBytes - SaltBytes));
        return image;
    }

    private static void Header(byte[] image, int index, uint type, uint flags, long offset, long address, long size, long alignment)
    {
        var at = 64 + (index * 56);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), type);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at + 4), flags);
        Put(image, at + 8, offset, address, address, size, size, alignment);
    }

    private static void Put(byte[] image, int at, params ReadOnlySpan<long> values)
    {
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(at), value);
            at += sizeof(long);
        }
    }
}
