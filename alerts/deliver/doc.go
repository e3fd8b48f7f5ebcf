// Package deliver tells other programs of incidents: Alertmanagers, which group, mute, silence and route, and webhooks.
// Both take a message at least once, and repeats carry what tells them apart.
//
// One kind of receiver is one file with a type that has Deliver(ctx, []incident.Message) error. Errors and logs name a
// receiver and never its address or what it was sent: addresses of chats and pagers are secrets, and messages speak of people.
package deliver
