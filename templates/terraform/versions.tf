# {{ generator }}
{%- set grants = accounts.control_plane.created %}
# The project must have these APIs enabled: {% if grants %}cloudresourcemanager, {% endif %}compute, dns, iam and secretmanager (.googleapis.com).
# Whoever applies this needs the roles compute.instanceAdmin.v1, compute.networkAdmin, compute.securityAdmin, dns.admin,
# iam.serviceAccountAdmin, iam.serviceAccountUser{% if grants %}, resourcemanager.projectIamAdmin{% endif %} and secretmanager.admin.

terraform {
  required_version = ">= 1.5"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.27, < 9.0"
    }
  }
{%- if backend %}

  backend "gcs" {
    bucket = {{ backend.bucket | hcl }}
{%- if backend.prefix %}
    prefix = {{ backend.prefix | hcl }}
{%- endif %}
  }
{%- endif %}
}
{%- if not module %}

provider "google" {
  project = {{ project | hcl }}
  region  = {{ region | hcl }}
}
{%- endif %}
{%- if labels %}

# On everything that takes labels.
locals {
  labels = {
{%- for key, value in labels %}
    {{ key | hcl_key }} = {{ value | hcl }}
{%- endfor %}
  }
}
{%- endif %}
