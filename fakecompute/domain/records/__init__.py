"""What a cloud consists of: one frozen record class a noun."""
