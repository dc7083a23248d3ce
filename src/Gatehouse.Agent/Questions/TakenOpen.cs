using System.Runtime.InteropServices;
using Gatehouse.Kernel.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>An open with where it came from, and its place among those that wait.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TakenOpen(HeldOpen Open, IOpenSource Source, IgnoreMarks Marks, LinkedListNode<long> Place);
