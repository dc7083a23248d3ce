namespace Gatehouse.Policy;

/// <summary>Facts that the rows of an operation test, as the kernel side numbers them.</summary>
[Flags]
public enum OperationNeeds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Something of the acting process.</summary>
    Subject = 1,

    /// <summary>Something of the target process.</summary>
    Target = 2,

    /// <summary>A name of the image, or which file it is.</summary>
    Name = 4,

    /// <summary>The image's hash.</summary>
    Hash = 8,

    /// <summary>Something of the image.</summary>
    Image = 16,

    /// <summary>Arguments.</summary>
    Arguments = 32,

    /// <summary>Names of environment variables.</summary>
    Environment = 64,

    /// <summary>The operation's own facts.</summary>
    Request = 128,

    /// <summary>Not a fact: every deciding rule says <c>onFull: allow</c>, so without memory to decide it goes on.</summary>
    OpenWhenFull = 256,

    /// <summary>Whether the target is a child; only together with <see cref="Request"/>.</summary>
    Child = 512,

    /// <summary>Ancestors, of the acting process or of the target.</summary>
    Ancestors = 1024,

    /// <summary>The image's trust; only together with <see cref="Hash"/>.</summary>
    Trust = 2048,

    /// <summary>The image's fs-verity digest.</summary>
    Verity = 4096,

    /// <summary>What clients said of the image.</summary>
    Answers = 8192,
}
