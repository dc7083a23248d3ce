namespace Gatehouse.Policy;

/// <summary>As what an image is loaded.</summary>
public enum ImageKind
{
    /// <summary><c>executable</c>.</summary>
    Executable = 1,

    /// <summary><c>script</c>.</summary>
    Script = 2,

    /// <summary><c>interpreter</c>.</summary>
    Interpreter = 3,

    /// <summary><c>library</c>.</summary>
    Library = 4,

    /// <summary><c>module</c> of the kernel.</summary>
    Module = 5,

    /// <summary><c>bpf-program</c>, which is no file.</summary>
    BpfProgram = 6,

    /// <summary><c>kexec-image</c>: a kernel to be started.</summary>
    KexecImage = 7,

    /// <summary><c>firmware</c>.</summary>
    Firmware = 8,
}
