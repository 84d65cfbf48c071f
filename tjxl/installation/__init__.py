"""Getting and keeping an office ready: the doctor, the master brought up to date, what an office offline needs."""
