loads = (loads or 0) + 1
return {name = "part"}
