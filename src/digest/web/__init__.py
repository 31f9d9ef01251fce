"""What people see in a browser: the newsroom's private preview, and the readers' public pages."""
