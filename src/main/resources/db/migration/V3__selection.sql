-- What selectors look at.

-- An IPv6 address, equal in every spelling; null for any other text.
create function ipv6(written text) returns inet language plpgsql immutable strict parallel safe as $$
begin
  if position(':' in written) = 0 or position('/' in written) > 0 then
    return null;
  end if;
  return cast(written as inet);
exception when invalid_text_representation then
  return null;
end
$$;

alter table host add column ipv6 inet generated always as (ipv6(inner_ipv6)) stored;
create index host_by_ipv6 on host (ipv6);
create index process_by_name on process (kind, name);
