using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>`make build` builds the solution: a project that is not in it is never built.</summary>
public sealed class SolutionTests
{
    [Fact]
    public void The_solution_has_every_project_once() =>
        XDocument.Parse(Repository.Read("Gatehouse.slnx")).Descendants("Project").Select(static p => p.Attribute("Path")!.Value)
            .ShouldBe(Projects.All, ignoreOrder: true);
}
