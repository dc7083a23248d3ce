using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Questions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Control;

/// <summary>The HTTP server on the control socket.</summary>
internal static class ControlServer
{
    public static WebApplication Build(
        string socketPath,
        StatusEndpoint status,
        PolicyEndpoints policies,
        TrialEndpoints trial,
        TrustEndpoint trust,
        SelftestEndpoints selftests,
        CostEndpoint cost,
        TicketEndpoints tickets,
        ClientsEndpoint clients,
        ClientAdmission admission,
        EventStream stream,
        QuestionService questions,
        PeerGuard peers,
        ILoggerFactory loggers)
    {
        // The empty builder reads no configuration: neither a file in the working directory nor an environment variable may
        // open another way in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(static o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.Configure<SocketTransportOptions>(static o => o.CreateBoundListenSocket = ControlSocket.Bind);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBody.DrainedBytes;
            kestrel.Limits.MaxConcurrentConnections = 256;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.ListenUnixSocket(socketPath, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(peers.Guard);
            });
        });

        var app = builder.Build();
        var problems = new ProblemMiddleware(loggers.CreateLogger<ProblemMiddleware>());
        var events = new EventEndpoint(stream, app.Lifetime);
        var asking = new QuestionEndpoint(questions, admission, app.Lifetime);
        var answers = new AnswerEndpoints(questions);
        ((IApplicationBuilder)app).Use(problems.Wrap);
        app.UseRouting();
        app.MapGet("/v1/status", (RequestDelegate)status.ReadAsync);
        app.MapGet("/v1/cost", (RequestDelegate)cost.ReadAsync);
        app.MapGet("/v1/policies", (RequestDelegate)policies.ListAsync);
        app.MapPost("/v1/policies", (RequestDelegate)policies.ApplyAsync);
        app.MapGet("/v1/policies/{name}", (RequestDelegate)policies.ShowAsync);
        app.MapDelete("/v1/policies/{name}", (RequestDelegate)policies.RemoveAsync);
        app.MapPost("/v1/trial", (RequestDelegate)trial.TryAsync);
        app.MapPost("/v1/trial/confirm", (RequestDelegate)trial.ConfirmAsync);
        app.MapDelete("/v1/trial", (RequestDelegate)trial.EndAsync);
        app.MapPost("/v1/trust/reload", (RequestDelegate)trust.ReloadAsync);
        app.MapPost("/v1/selftest", (RequestDelegate)selftests.BeginAsync);
        app.MapDelete("/v1/selftest", (RequestDelegate)selftests.EndAsync);
        app.MapGet("/v1/tickets", (RequestDelegate)tickets.ListAsync);
        app.MapPost("/v1/tickets", (RequestDelegate)tickets.UseAsync);
        app.MapGet("/v1/clients", (RequestDelegate)clients.ListAsync);
        app.MapGet("/v1/events", (RequestDelegate)events.ReadAsync);
        app.MapPost("/v1/questions", (RequestDelegate)asking.ReadAsync);
        app.MapPost("/v1/answers", (RequestDelegate)answers.AnswerAsync);
        app.MapDelete("/v1/answers", (RequestDelegate)answers.ForgetAsync);
        return app;
    }
}
