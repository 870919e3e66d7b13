output "api_endpoint" {
  description = "The Kubernetes API inside the VPC. On-premises resolvers find its name through a Cloud DNS inbound server policy."
  value       = {{ ("https://" ~ dns.endpoint ~ ":6443") | hcl }}
}
{%- if let Some(admin) = admin %}

output "kubeconfig_command" {
  description = "Writes a kubeconfig for an administrator to {{ admin.kubeconfig }}. It is valid for 24 hours."
  value       = {{ admin.kubeconfig_command | hcl }}
}
{%- if public_api %}

output "kubeconfig_external_command" {
  description = "Points {{ admin.kubeconfig }} at the control plane's external address."
  value       = {{ admin.external_command | hcl }}
}
{%- endif %}

output "api_tunnel_command" {
  description = "Forwards local port 6443 to the API server, for kubectl --server=https://localhost:6443 --tls-server-name={{ dns.endpoint }}."
  value       = {{ admin.tunnel_command | hcl }}
}

output "status_command" {
  description = "Reports the state of the cluster; exit status 1 if something is wrong."
  value       = {{ admin.status_command | hcl }}
}
{%- endif %}
{%- if !ssh.is_empty() %}

output "ssh_commands" {
  description = "Opens a shell on each machine."
{%- if ssh.len() == 1 %}
{%- for way in ssh %}
  value       = { for name, node in {{ way.nodes }} : name => "gcloud compute ssh ${name} --project={{ project }} --zone=${node.zone}{{ way.flags }}" }
{%- endfor %}
{%- else %}
  value = merge(
{%- for way in ssh %}
    { for name, node in {{ way.nodes }} : name => "gcloud compute ssh ${name} --project={{ project }} --zone=${node.zone}{{ way.flags }}" },
{%- endfor %}
  )
{%- endif %}
}
{%- endif %}

output "control_plane_addresses" {
  description = "Internal address of each control plane."
  value       = { for name, address in google_compute_address.control_plane : name => address.address }
}
{%- if control_plane.external_ip %}

output "control_plane_external_addresses" {
  description = "External address of each control plane. It changes when the machine is stopped, and the next apply shows the new one."
  value       = { for name, machine in google_compute_instance.control_plane : name => machine.network_interface[0].access_config[0].nat_ip }
}
{%- endif %}

output "pod_ranges" {
  description = "Pod range of each machine."
  value       = { for name, node in {{ all_nodes }} : name => node.pods }
}

output "network_id" {
  description = "The VPC."
  value       = google_compute_network.vpc.id
}

output "subnet_id" {
  description = "The subnet of the machines."
  value       = google_compute_subnetwork.nodes.id
}

output "secondary_range_names" {
  description = "Names of the subnet's secondary ranges."
  value       = { pods = {{ network.pods_range | hcl }}, services = {{ network.services_range | hcl }} }
}
{%- if network.nat.is_some() %}

output "router_id" {
  description = "The router of Cloud NAT."
  value       = google_compute_router.nat.id
}
{%- endif %}

output "service_accounts" {
  description = "Email address of the service account that each group of machines runs as."
  value = {
    control_plane = {% if let Some(account) = control_plane.service_account %}{{ account | hcl }}{% else %}google_service_account.control_plane.email{% endif %}
{%- for pool in pools %}
    {{ pool.name | hcl_key }} = {% if let Some(account) = pool.service_account %}{{ account | hcl }}{% else %}google_service_account.nodes.email{% endif %}
{%- endfor %}
  }
}
