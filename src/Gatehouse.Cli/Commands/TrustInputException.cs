namespace Gatehouse.Cli.Commands;

/// <summary>What the command line names cannot be used. Nothing was changed.</summary>
internal sealed class TrustInputException(string message, Exception? innerException = null) : Exception(message, innerException);
