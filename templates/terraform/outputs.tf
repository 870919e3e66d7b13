output "api_endpoint" {
  description = "Where the Kubernetes API answers, inside the VPC."
  value       = {{ ("https://" ~ dns.endpoint ~ ":6443") | hcl }}
}

output "kubeconfig_command" {
  description = "Prints the administrator's kubeconfig."
  value       = {{ kubeconfig_command | hcl }}
}

output "ssh_commands" {
  description = "A shell on each machine."
  value       = { for name, node in {{ all_nodes }} : name => "gcloud compute ssh ${name} --project={{ project }} --zone=${node.zone}{{ ssh_flags }}" }
}

output "pod_ranges" {
  description = "Which block of the pod range each machine has."
  value       = { for name, node in {{ all_nodes }} : name => node.pods }
}
