using System.Text.RegularExpressions;
using Gatehouse.AbiGenerator;

// Usage: AbiGenerator ABI_OBJECT PRODUCT_OBJECT ABI_HEADER_DIRECTORY OUTPUT_DIRECTORY
// Writes the C# mirror of bpf/abi. Exit status 1 with a list if the mirror would have a hole.
if (args.Length != 4)
{
    await Console.Error.WriteLineAsync("usage: AbiGenerator ABI_OBJECT PRODUCT_OBJECT ABI_HEADER_DIRECTORY OUTPUT_DIRECTORY");
    return 2;
}

var abi = BtfTypes.Read(args[0]);
var product = BtfTypes.Read(args[1]);
var mirror = new MirrorWriter(abi);
var files = abi.Named("ENUM").Select(t => (t.Name, Text: MirrorWriter.Enum(t)))
    .Concat(abi.Named("STRUCT").Select(t => (t.Name, Text: mirror.Struct(t))))
    .ToDictionary(static f => f.Name, static f => f.Text, StringComparer.Ordinal);

var problems = new List<string>();

// Every tag that a header declares must have reached the BTF, or it would silently have no mirror.
foreach (var header in Directory.EnumerateFiles(args[2], "*.h").Order(StringComparer.Ordinal))
{
    foreach (Match declared in Declarations().Matches(await File.ReadAllTextAsync(header)))
    {
        if (!files.ContainsKey(declared.Groups["name"].Value))
            problems.Add($"{Path.GetFileName(header)}: {declared.Value.TrimEnd('{', ' ')} is not in abi.c, so it has no mirror");
    }
}

// The object that is loaded must agree with the one that the mirror is generated from, type by type.
var inProduct = new MirrorWriter(product);
foreach (var type in product.Named("STRUCT").Where(t => files.ContainsKey(t.Name)))
{
    if (!string.Equals(inProduct.Struct(type), files[type.Name], StringComparison.Ordinal))
        problems.Add($"struct {type.Name} differs between the kernel object and abi.o");
}

if (problems.Count > 0)
{
    foreach (var problem in problems)
        await Console.Error.WriteLineAsync(problem);
    return 1;
}

Directory.CreateDirectory(args[3]);
foreach (var stale in Directory.EnumerateFiles(args[3], "*.cs"))
    File.Delete(stale);
foreach (var (name, text) in files.Concat(mirror.InlineArrays()))
    await File.WriteAllTextAsync(Path.Combine(args[3], MirrorWriter.Pascal(name) + ".cs"), text);
return 0;

internal static partial class Program
{
    [GeneratedRegex(@"^(?<kind>struct|enum) (?<name>gh_\w+) \{", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Declarations();
}
