-- One row per file and number that is not in plain digits but has one reading: which.
-- What marks mean is declared (stg_files), else decided by the file's own other
-- numbers.
with
    figures as (select * from raw.figures),
    claims as (select * from raw.claims),
    formats as (select * from stg_files where setting = 'numbers'),
    texts as (
        select file, trim(value) as number_text
        from figures
        where not regexp_matches(trim(value), '^-?[0-9]{0,15}$')
        union
        select file, trim(stated_number) as number_text
        from claims
        where not regexp_matches(trim(stated_number), '^-?[0-9]{0,15}$')
    ),
    -- the digits of Arabic, Persian, Devanagari, Bengali, Khmer, Thai, Lao, Burmese and
    -- full width; the minus sign; spaces and apostrophes that part thousands
    in_ascii as (
        select
            file,
            number_text,
            trim(
                translate(
                    case
                        when starts_with(number_text, '''')
                        then substring(number_text, 2)
                        else number_text
                    end,
                    '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯០១២៣៤៥៦៧៨៩๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙၀၁၂၃၄၅၆၇၈၉０１２３４５６７８９−   ’''',
                    '012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789-    '
                )
            ) as ascii_text
        from texts
    ),
    without_spaces as (
        select
            file,
            number_text,
            case
                when
                    regexp_matches(
                        ascii_text, '^-?[1-9][0-9]{0,2}( [0-9]{3})+([.,][0-9]+)?$'
                    )
                then replace(ascii_text, ' ', '')
                else ascii_text
            end as digits_text
        from in_ascii
    ),
    matched as (
        select
            *,
            regexp_matches(
                digits_text, '^-?([1-9][0-9]{0,2}(,[0-9]{3})+|[0-9]+)([.][0-9]+)?$'
            ) as fits_point,
            regexp_matches(
                digits_text, '^-?([1-9][0-9]{0,2}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?$'
            ) as fits_comma
        from without_spaces
    ),
    declared as (
        select
            matched.file,
            formats.value,
            row_number() over (
                partition by matched.file order by length(formats.path) desc
            ) as nearness_rank
        from (select distinct file from matched) as matched
        inner join
            formats
            on matched.file = formats.path
            or (
                ends_with(formats.path, '/') and starts_with(matched.file, formats.path)
            )
    ),
    evidence as (
        select
            file,
            bool_or(fits_point and not fits_comma) as has_point,
            bool_or(fits_comma and not fits_point) as has_comma
        from matched
        group by file
    ),
    decided as (
        select
            matched.*,
            coalesce(
                declared.value,
                case
                    when evidence.has_point and not evidence.has_comma
                    then '1,234,567.5'
                    when evidence.has_comma and not evidence.has_point
                    then '1.234.567,5'
                end,
                'undecided'
            ) as written
        from matched
        inner join evidence on matched.file = evidence.file
        left join
            declared on matched.file = declared.file and declared.nearness_rank = 1
    ),
    read as (
        select
            file,
            number_text,
            case
                when regexp_matches(digits_text, '^-?[0-9]+$')
                then digits_text
                when written = '1,234,567.5' and fits_point
                then replace(digits_text, ',', '')
                when written = '1.234.567,5' and fits_comma
                then replace(replace(digits_text, '.', ''), ',', '.')
                when
                    written = '12,34,567.5'
                    and regexp_matches(
                        digits_text,
                        '^-?([1-9][0-9]?(,[0-9]{2})*,[0-9]{3}|[0-9]+)([.][0-9]+)?$'
                    )
                then replace(digits_text, ',', '')
                when
                    written = '1 234 567.5'
                    and regexp_matches(digits_text, '^-?[0-9]+[.][0-9]+$')
                then digits_text
                when
                    written = '1 234 567,5'
                    and regexp_matches(digits_text, '^-?[0-9]+,[0-9]+$')
                then replace(digits_text, ',', '.')
                -- marks contradict each other, but a point before one or two digits, or
                -- more than three, has no other reading
                when
                    written = 'undecided'
                    and regexp_matches(
                        digits_text, '^-?[0-9]+[.]([0-9]{1,2}|[0-9]{4,})$'
                    )
                then digits_text
            end as plain_text
        from decided
    ),
    known as (select * from read where plain_text is not null)
select *
from known
