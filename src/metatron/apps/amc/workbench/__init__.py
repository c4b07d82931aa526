"""The workbench: documentation of the tables, the check, the layout and completion over HTTP."""
