namespace Gatehouse.Policy;

/// <summary>Intersects the vectors of a plan, as the kernel side does.</summary>
internal static class PlanRunner
{
    /// <summary>The rows that match.</summary>
    public static ulong[] Run(PolicyImage image, OperationEntry plan, FactClasses facts)
    {
        var bits = image.Vector(plan.ValueId).ToArray();
        var any = new ulong[bits.Length];
        ulong[] term = [];
        foreach (var step in plan.Steps)
        {
            var vector = facts.VectorOf(step);
            if (step.BeginsTerm)
            {
                term = vector;
            }
            else
            {
                And(term, vector);
            }

            for (var w = 0; step.EndsTerm && w < any.Length; w++)
            {
                any[w] |= term[w];
            }

            if (step.EndsGroup)
            {
                And(bits, any);
                Array.Clear(any);
            }
        }

        return bits;
    }

    private static void And(ulong[] bits, ulong[] vector)
    {
        for (var w = 0; w < bits.Length; w++)
        {
            bits[w] &= vector[w];
        }
    }
}
