using System.CommandLine;
using Gatehouse.Cli.Composition;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse completion</c>: scripts for shells. They ask the program itself, so they never fall behind it.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private const string Bash = """
        # bash completion for gatehouse; load with: source <(gatehouse completion bash)
        _gatehouse() {
            local line=${COMP_LINE:0:COMP_POINT} current=${COMP_WORDS[COMP_CWORD]} word
            COMPREPLY=()
            while IFS= read -r word; do
                [[ $word == "$current"* ]] && COMPREPLY+=("$word")
            done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -F _gatehouse gatehouse

        """;

    private const string Zsh = """
        #compdef gatehouse
        # zsh completion for gatehouse; load with: source <(gatehouse completion zsh)
        _gatehouse() {
            local line="${words[1,CURRENT]}"
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            found=("${(@)found:#}")
            (( ${#found} )) && compadd -a found
            _files
        }
        compdef _gatehouse gatehouse

        """;

    private const string Fish = """
        # fish completion for gatehouse; load with: gatehouse completion fish | source
        function __gatehouse_complete
            set -l line (commandline --cut-at-cursor)
            gatehouse "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c gatehouse -a '(__gatehouse_complete)'

        """;

    public CompletionCommand(CliContext context)
        : base("completion", "Print a completion script for a shell.", context)
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Arguments.Add(shell);
        SetAction(result =>
        {
            Context.Environment.Output.Write(result.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitStatus.Ok;
        });
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("source <(gatehouse completion bash)", "Complete in this shell."),
        new("gatehouse completion bash | sudo tee /etc/bash_completion.d/gatehouse", "Complete in every bash."),
        new("gatehouse completion fish | source", "The same in fish."),
    ];

    public override string Statuses => "0 ok, 2 bad usage";
}
