using System.Globalization;
using Gatehouse.StreamBench;

// What the event stream of clients does: an agent on a fake kernel, and clients as processes of their own.
//
// usage: Gatehouse.StreamBench [CLIENTS [EVENTS-PER-SECOND [SECONDS]]]
//        one client, 300,000 a second for 5 s by default; 0 events a second: as many as can be published
// Exit status 1 if a client has lost an event, or got none.
return args is ["client", var socket, var number] ? await Client.RunAsync(socket, Number(number)) : await Publisher.RunAsync(
    clients: args.Length > 0 ? Number(args[0]) : 1,
    rate: args.Length > 1 ? Number(args[1]) : 300_000,
    seconds: args.Length > 2 ? Number(args[2]) : 5);

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
