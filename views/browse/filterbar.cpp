// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/filterbar.h"

#include "views/browse/filtertext.h"
#include "views/widgets/flowlayout.h"
#include "views/widgets/icons.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QAbstractButton>
#include <QCompleter>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

FilterBar::FilterBar(const CatalogTable &table, QWidget *parent)
    : QWidget(parent), m_table(table), m_row(new FlowLayout(this)), m_field(new QLineEdit(this)), m_mistake(new QLabel(this))
{
    setObjectName(u"filterBar"_s);
    m_field->setObjectName(u"filterField"_s);
    m_field->setAccessibleName(tr("Filter rows"));
    m_field->setTextMargins(metrics::space1, 0, metrics::space1, 0);
    const QString example = table.columns.empty() ? u"id"_s : table.columns[std::min<std::size_t>(1, table.columns.size() - 1)].name;
    m_field->setPlaceholderText(tr("Filter rows: %1 = …").arg(example));
    m_field->setToolTip(tr("A column, how to compare, a value: = != < <= > >= ~ (contains) ^ (starts with), in a, b, between a and b, is null."));
    m_field->setClearButtonEnabled(true);
    if (auto *clear = m_field->findChild<QAbstractButton *>())
        clear->setAccessibleName(tr("Clear the field")); // Qt gives the button no name of its own
    QStringList names;
    for (const CatalogColumn &column : table.columns)
        names.append(column.name);
    auto *completer = new QCompleter(names, this);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_field->setCompleter(completer);
    m_mistake->setObjectName(u"filterMistake"_s);
    m_mistake->setFont(sizedFont(font(), metrics::captionPx));
    m_mistake->hide();
    m_row->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    m_row->setSpacing(metrics::space1);
    m_row->addWidget(m_field);
    m_row->addWidget(m_mistake);
    connect(m_field, &QLineEdit::returnPressed, this, &FilterBar::accept);
    connect(m_field, &QLineEdit::textEdited, m_mistake, &QWidget::hide);
}

void FilterBar::setFilters(const std::vector<RowFilter> &filters)
{
    m_filters = filters;
    showChips();
}

void FilterBar::write(const QString &text)
{
    if (!text.isEmpty())
        m_field->setText(text);
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void FilterBar::accept()
{
    if (m_field->text().trimmed().isEmpty())
        return;
    const Result<RowFilter> filter = filterFromText(m_field->text(), m_table);
    if (!filter) {
        m_mistake->setText(filter.error().message);
        QPalette colours = palette();
        colours.setColor(QPalette::WindowText, Tokens::of(palette()).bad);
        m_mistake->setPalette(colours);
        m_mistake->show();
        return;
    }
    m_field->clear();
    m_filters.push_back(*filter);
    showChips();
    emit filtersChanged();
}

void FilterBar::remove(int filter)
{
    m_filters.erase(m_filters.begin() + filter);
    showChips();
    m_field->setFocus();
    emit filtersChanged();
}

void FilterBar::showChips()
{
    for (QToolButton *chip : std::exchange(m_chips, {})) {
        m_row->removeWidget(chip);
        chip->hide();
        chip->deleteLater();
    }
    for (int i = 0; i < static_cast<int>(m_filters.size()); ++i) {
        const QString text = filterText(m_filters[static_cast<std::size_t>(i)]);
        auto *chip = new QToolButton(this);
        chip->setObjectName(u"filterChip"_s);
        chip->setProperty(chipProperty, true);
        chip->setText(text);
        chip->setIcon(themedIcon(u"close"_s, &Tokens::muted));
        chip->setIconSize({metrics::space3, metrics::space3});
        chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        chip->setLayoutDirection(Qt::RightToLeft); // the cross behind the words
        chip->setAccessibleName(tr("Remove the filter %1").arg(text));
        chip->setToolTip(tr("Remove this filter"));
        chip->setFocusPolicy(Qt::StrongFocus);
        connect(chip, &QToolButton::clicked, this, [this, i] { remove(i); });
        m_row->insertWidget(i, chip);
        m_chips.append(chip);
    }
}

} // namespace turnstone
