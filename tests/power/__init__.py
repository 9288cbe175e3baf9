"""The proof that a power cut takes nothing that was acknowledged: recorded workloads, rebuilt disks, a strict judge.

``python -m tests.power`` repeats one image; ``SOAK_ONLY=power python -m tests.soak`` judges them by the 100,000.
"""
