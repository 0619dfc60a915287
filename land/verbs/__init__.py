"""What can be done to parcels: each verb is a class with the input it takes, its plan and its effect on rights."""
