using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Ancestor, argument or environment tests: they are rows in a word of their own, so the tests that a program or text
/// satisfies come out of the same intersection as matching rules do.
/// </summary>
/// <param name="Word">Index of the word in each vector.</param>
/// <param name="Tests">Canonical text of each test, by bit; equal texts mean equal tests across images.</param>
public sealed record TestWord(int Word, ImmutableArray<string> Tests);
