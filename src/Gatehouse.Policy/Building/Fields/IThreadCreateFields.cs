namespace Gatehouse.Policy;

/// <summary><c>thread.create</c>: a thread is made, also a worker of io_uring.</summary>
public interface IThreadCreateFields : ICreateFields
{
    /// <summary>Whether the thread is a worker of io_uring.</summary>
    bool IoWorker { get; }
}
