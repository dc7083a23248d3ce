using System.Buffers;
using Gatehouse.Sdk;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Reads a request's body up to the limit of the control API.</summary>
internal static class RequestBody
{
    /// <summary>
    /// A sender that does not wait for "100 Continue" sees no answer if the server closes while it sends. So what is somewhat
    /// too large is read and thrown away before the answer; beyond this the server closes.
    /// </summary>
    public const int DrainedBytes = 4 * GatehouseDefaults.MaximumRequestBytes;

    /// <exception cref="BadHttpRequestException">The body is too large (413) or not what its header announced (400).</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > GatehouseDefaults.MaximumRequestBytes && request.Headers.Expect.Count > 0)
        {
            throw TooLarge();
        }

        var body = new ArrayBufferWriter<byte>();
        var buffer = new byte[16 * 1024];
        long total = 0;
        int length;
        while ((length = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            total += length;
            if (total <= GatehouseDefaults.MaximumRequestBytes)
            {
                body.Write(buffer.AsSpan(0, length));
            }
        }

        return total <= GatehouseDefaults.MaximumRequestBytes ? body.WrittenSpan.ToArray() : throw TooLarge();
    }

    private static BadHttpRequestException TooLarge() => new("too large", StatusCodes.Status413PayloadTooLarge);
}
