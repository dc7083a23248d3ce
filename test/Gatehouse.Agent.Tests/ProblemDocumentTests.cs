using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Problems;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class ProblemDocumentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "no-such-resource")]
    [InlineData("GET", "/", 404, "no-such-resource")]
    [InlineData("GET", "/v1/policies/nobody", 404, "no-such-policy")]
    [InlineData("DELETE", "/v1/policies/nobody", 404, "no-such-policy")]
    [InlineData("DELETE", "/v1/status", 405, "method-not-allowed")]
    [InlineData("PUT", "/v1/policies", 405, "method-not-allowed")]
    [InlineData("GET", "/v1/events?limit=0", 400, "bad-query")]
    [InlineData("GET", "/v1/events?since=-1", 400, "bad-query")]
    [InlineData("GET", "/v1/events?follow=perhaps", 400, "bad-query")]
    [InlineData("GET", "/v1/events?folow=true", 400, "bad-query")]
    [InlineData("GET", "/v1/events?since=999999", 409, "cursor-unknown")]
    public async Task A_request_that_cannot_be_served_gets_a_problem_document(string method, string path, int status, string kind)
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        using var http = agent.Http();

        using var response = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancel);

        var problem = await ReadProblemAsync(response);
        ((int)response.StatusCode, problem.Status, problem.Type).ShouldBe((status, status, "urn:gatehouse:problem:" + kind));
        problem.Detail.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"files":null}""")]
    [InlineData("""{"files":[null]}""")]
    [InlineData("""{"files":[{"name":"x.yaml"}]}""")]
    [InlineData("""{"files":[{"name":"","text":""}]}""")]
    [InlineData("""{"files":[{"name":"x.yaml","text":7}]}""")]
    [InlineData("""{"files":[]}""")]
    [InlineData("""{"replaceAll":true}""")]
    [InlineData("""{"files":[],"replaceal":true}""")]
    public async Task A_malformed_body_is_a_bad_request_and_changes_nothing(string body)
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var generation = agent.Gate.Generation;

        using var response = await PostAsync(agent, new StringContent(body, Encoding.UTF8, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ReadProblemAsync(response)).Type.ShouldBe("urn:gatehouse:problem:malformed");
        agent.Gate.Generation.ShouldBe(generation);
    }

    [Fact]
    public async Task Bytes_that_are_not_text_are_a_bad_request()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var content = new ByteArrayContent([.. "{\"files\":[{\"name\":\"x\",\"text\":\""u8, 0xff, 0xfe, .. "\"}]}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await PostAsync(agent, content);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("text/yaml")]
    [InlineData("application/jsonx")]
    public async Task Another_media_type_is_refused(string mediaType)
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        using var response = await PostAsync(agent, new StringContent("{}", Encoding.UTF8, mediaType));

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await ReadProblemAsync(response)).Type.ShouldBe("urn:gatehouse:problem:not-json");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_beyond_the_limit_is_refused_with_or_without_an_announced_length(bool chunked)
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var text = "{\"files\":[{\"name\":\"x.yaml\",\"text\":\"" + new string('a', GatehouseDefaults.MaximumRequestBytes) + "\"}]}";
        HttpContent content = chunked
            ? new StreamContent(new UnseekableStream(Encoding.UTF8.GetBytes(text)))
            : new StringContent(text);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await PostAsync(agent, content);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await ReadProblemAsync(response)).Type.ShouldBe("urn:gatehouse:problem:too-large");
    }

    [Fact]
    public async Task A_request_that_is_not_http_is_answered_with_400_and_the_agent_goes_on()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        using var socket = await agent.ConnectAsync(Cancel);
        await socket.SendAsync("\0\u0001binary junk\r\n\r\n"u8.ToArray(), Cancel);

        var buffer = new byte[512];
        var length = await socket.ReceiveAsync(buffer, Cancel);

        Encoding.ASCII.GetString(buffer, 0, length).ShouldStartWith("HTTP/1.1 400");
        (await agent.Client.GetStatusAsync(Cancel)).Enforcement.Proven.ShouldBeTrue();
    }

    private static async Task<HttpResponseMessage> PostAsync(TestAgent agent, HttpContent content)
    {
        using var http = agent.Http();
        return await http.PostAsync(new Uri("/v1/policies", UriKind.Relative), content, Cancel);
    }

    private static async Task<ProblemDocument> ReadProblemAsync(HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(Cancel), GatehouseJson.Default.ProblemDocument)!;
    }

    // Without a length to announce, the client sends chunks.
    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
