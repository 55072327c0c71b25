// Package chat is the conversation with people on LINE: it takes LINE's
// webhooks, keeps each event before it answers, and then acts on it once:
// answers to alerts, codes that connect an account, leaving, pausing, looking.
// It never sends an alert and never decides whether somebody is told.
package chat
