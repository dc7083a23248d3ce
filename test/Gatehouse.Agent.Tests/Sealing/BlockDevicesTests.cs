using Gatehouse.Agent.Sealing;
using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Sealing;

/// <summary>On a sysfs and a table of mounts that the tests write.</summary>
public sealed class BlockDevicesTests : IDisposable
{
    private readonly TestDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Partition_leads_to_its_disk()
    {
        Device("8:0", "devices/sda");
        Device("8:1", "devices/sda/sda1", partition: true);
        Mounts("20 1 8:1 / / rw - ext4 /dev/sda1 rw");
        Beneath("/var/lib").Devices.ShouldBe([(8u, 1u), (8u, 0u)]);
    }

    [Fact]
    public void Mapped_device_leads_to_its_parts_and_their_disks()
    {
        Device("253:0", "devices/dm-0");
        Device("8:0", "devices/sda");
        Device("8:2", "devices/sda/sda2", partition: true);
        Write("devices/dm-0/slaves/sda2/dev", "8:2\n");
        Mounts("20 1 253:0 / / rw - ext4 /dev/mapper/root rw");
        Beneath("/etc").Devices.ShouldBe([(253u, 0u), (8u, 2u), (8u, 0u)]);
    }

    [Fact]
    public void Loop_device_leads_to_its_file_and_what_is_beneath_that()
    {
        Device("7:0", "devices/loop0");
        Write("devices/loop0/loop/backing_file", "/images/one\n");
        Device("8:0", "devices/sda");
        Mounts("20 1 8:0 / / rw - ext4 /dev/sda rw", "21 20 7:0 / /with\\040blank rw - ext4 /dev/loop0 rw");
        var devices = Beneath("/with blank/file");
        devices.Devices.ShouldBe([(7u, 0u), (8u, 0u)]);
        devices.Backings.ShouldBe(["/images/one"]);
    }

    [Fact]
    public void Longest_path_counts_and_of_two_mounts_at_one_place_the_last()
    {
        Device("8:1", "devices/a");
        Device("8:2", "devices/b");
        Mounts("20 1 8:9 / / rw - ext4 /dev/z rw", "21 20 8:1 / /opt rw - ext4 /dev/a rw", "22 20 8:2 / /opt rw shared:3 - ext4 /dev/b rw", "23 20 8:1 / /optional rw - ext4 /dev/a rw");
        Beneath("/opt/x").Devices.ShouldBe([(8u, 2u)]);
    }

    [Fact]
    public void Layers_of_an_overlay_are_looked_at()
    {
        Device("8:1", "devices/a");
        Directory.CreateDirectory(_root.File("data/upper"));
        Mounts("20 1 0:40 / / rw - overlay overlay rw,lowerdir=/none,upperdir=/data/upper,workdir=/data/work", "21 20 8:1 / /data rw - ext4 /dev/a rw");
        Beneath("/usr").Devices.ShouldBe([(8u, 1u)]);
    }

    [Fact]
    public void Memory_has_nothing_beneath()
    {
        Mounts("20 1 0:40 / / rw - tmpfs none rw", "no mount at all");
        Beneath("/usr").Devices.ShouldBeEmpty();
    }

    private BlockDevices Beneath(string path)
    {
        var devices = new BlockDevices(_root.File("").TrimEnd('/'));
        devices.AddBeneath(path);
        return devices;
    }

    private void Device(string number, string folder, bool partition = false)
    {
        Write(Path.Combine(folder, "dev"), number + "\n");
        if (partition)
        {
            Write(Path.Combine(folder, "partition"), "1\n");
        }

        Directory.CreateDirectory(_root.File("sys/dev/block"));
        Directory.CreateSymbolicLink(_root.File("sys/dev/block/" + number), _root.File(folder));
    }

    private void Mounts(params string[] lines) => Write("proc/self/mountinfo", string.Join('\n', lines) + "\n");

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root.File(name))!);
        File.WriteAllText(_root.File(name), text);
    }
}
