"""What is installed, what this computer has, what stands in the way: `facts` gathers, `checks` judges."""
