"""Reading what offices send: workbooks in a limited child process, their tables, their cells."""
