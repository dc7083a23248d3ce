namespace Gatehouse.Trust;

/// <summary>The package database cannot be read. Nothing was recorded.</summary>
public sealed class PackageDatabaseException(string message, Exception? innerException = null) : Exception(message, innerException);
