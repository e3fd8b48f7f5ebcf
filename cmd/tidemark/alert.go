package main

// alertCmd holds what belongs to alerts.
type alertCmd struct {
	Run  alertRunCmd  `cmd:"" help:"Judge the rules, keep incidents, tell people. One at a time."`
	Test alertTestCmd `cmd:"" help:"Judge any series from a CSV file, to see what the detector makes of it."`
}
