"""What every application leans on."""
