namespace Gatehouse.Trust;

/// <summary>A database is not believed, or not changed. Closed: nothing in it is trusted. The message says what to do.</summary>
public class TrustRefusedException(string message, Exception? innerException = null) : Exception(message, innerException);
