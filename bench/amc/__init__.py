"""The workbench of AMC against its own figures: engine, language, results, and a running suite."""
