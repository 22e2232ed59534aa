"""What vendors are paid: prices, a meter, limits."""
