"""The facts about AMC's tables: what can be read, in which unit, and how many users it takes."""
