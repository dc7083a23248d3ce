using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Firmware that a driver asks for. No driver of these kernels asks without a device, so a module of our own does, built in the guest.
/// Of writing firmware through sysfs there is nothing: these kernels are built without that (CONFIG_FW_LOADER_USER_HELPER).
/// </summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ImageFirmwareTests(QuietAgent agent)
{
    private const string Name = "gatehouse-test.bin";
    private const string File = "/lib/firmware/" + Name;

    [Theory]
    [InlineData("request_firmware")]
    [InlineData("request_firmware_direct")]
    public async Task Firmware_is_refused_by_content_by_path_and_by_kind(string function)
    {
        using var volume = Volume.Create("tmpfs");
        var module = Path.Combine(volume.Folder, "firmware.ko");
        InGuest.Prepare($"{InGuest.Repository}/test/Gatehouse.KernelTests/attacks/firmware_module {Name} {module} {function}");
        InGuest.Prepare($"mkdir -p /lib/firmware && echo denied > {File}");
        await agent.EnsureAsync(Rules.Neutral);
        Request(module).Granted.ShouldBeTrue("works without a rule");

        foreach (var test in new[]
        {
            $"image.sha256 == \"{Volume.Sha256Of(File)}\"", $"image.file == \"{File}\"", $"image.path.endsWith(\"/{Name}\")",
            "image.kind == \"firmware\"",
        })
        {
            InGuest.Prepare($"echo denied > {File}");
            await agent.ApplyAsync(Rules.Deny("no-firmware", "image.load", test));
            var cursor = await agent.CursorAsync();
            Request(module).Refused.ShouldBeTrue(test);
            (await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny)).Rule.ShouldBe("no-firmware");
        }
        await agent.ApplyAsync(Rules.Deny("no-firmware", "image.load", $"image.sha256 == \"{Volume.Sha256Of(File)}\""));
        InGuest.Prepare($"echo allowed > {File}");
        Request(module).Granted.ShouldBeTrue("other content");
        // A link in the folder leads to the denied content.
        InGuest.Prepare($"rm {File}; echo denied > {volume.Folder}/elsewhere; ln -s {volume.Folder}/elsewhere {File}");
        Request(module).Refused.ShouldBeTrue("a symbolic link");
        InGuest.Prepare($"rm {File}; mv {volume.Folder}/elsewhere {volume.Folder}/{Name}; echo -n {volume.Folder} > /sys/module/firmware_class/parameters/path");
        Request(module).Refused.ShouldBeTrue("another folder");
        InGuest.Prepare("printf '\\0' > /sys/module/firmware_class/parameters/path");
        await agent.EnsureAsync(Rules.Neutral);
    }

    private static Answer Request(string module) => Answer.Of(InGuest.Attack("image_firmware"), module);
}
