using System.CommandLine;

namespace Gatehouse.Cli.Commands;

/// <summary>The name of a policy on a command line.</summary>
internal static class PolicyName
{
    public static Argument<string> Argument()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the policy (metadata.name)." };
        name.Validators.Add(static result =>
        {
            if (result.Tokens.Count > 0 && result.Tokens[0].Value.Length == 0)
            {
                result.AddError("NAME is empty");
            }
        });
        return name;
    }
}
