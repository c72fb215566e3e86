"""The floor of what a cloud is: records, tables, workflows, quota, scheduler, faults.  No HTTP."""
