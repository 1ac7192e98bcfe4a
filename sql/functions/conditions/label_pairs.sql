-- label_pairs: labels as a sorted array of 'key=value', the form their index knows.
create or replace function label_pairs(p_labels jsonb) returns text[]
language sql immutable parallel safe as $$
    select array(
        select label.key || '=' || label.value
        from jsonb_each_text(p_labels) as label (key, value)
        order by label.key collate "C"
    )
$$;
