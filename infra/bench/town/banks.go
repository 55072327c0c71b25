package town

// bank is one of the 35 that had linked accounts to ドコモ口座 in September 2020.
type bank struct {
	code     string
	deposits float64 // trillion yen
}

// banks are sized by their deposits at the end of March 2022, of each bank's own
// report of results (決算短信), to a tenth of a trillion; those of 第三銀行 and
// みちのく銀行 by the banks that they became part of. No bank says how many of
// its accounts individuals use, so accounts are dealt out by deposits.
var banks = []bank{
	{"9900", 193.4}, {"0009", 141.0}, {"0001", 133.6}, {"0149", 11.4}, {"0134", 14.8}, {"0177", 13.0}, {"0501", 10.6}, {"0190", 9.3},
	{"0169", 8.8}, {"0125", 8.6}, {"0158", 8.3}, {"0143", 8.1}, {"0168", 7.7}, {"0153", 6.2}, {"0174", 6.0}, {"0126", 5.7}, {"0152", 5.7},
	{"0162", 5.7}, {"0157", 5.6}, {"0161", 5.6}, {"0182", 5.3}, {"0173", 4.6}, {"0163", 4.5}, {"0040", 4.4}, {"0154", 3.7}, {"0183", 3.4},
	{"0150", 3.3}, {"0035", 3.1}, {"0135", 2.8}, {"0187", 2.6}, {"0576", 2.3}, {"0117", 2.1}, {"0164", 1.2}, {"0512", 1.0}, {"0166", 1.0},
}
