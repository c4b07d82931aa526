"""AMC SQL: read it, bind it to the tables' facts, and say what will go wrong before it runs."""
