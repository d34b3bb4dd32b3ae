// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/totals/totalspanel.h"

#include "models/core/async.h"
#include "models/profiles/hierarchy.h"
#include "views/panels/placearguments.h"
#include "views/reading/elidedlabel.h"
#include "views/prices/pricedialog.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSettings>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Column { Model, Calls, In, Out, All, Time, Cost, ColumnCount };

QString figure(std::optional<double> number)
{
    return number ? QLocale().toString(*number, 'f', 0) : TotalsPanel::tr("unknown");
}

QStringList cellsOf(const TotalsLine &line, const QString &name)
{
    return {name, QLocale().toString(static_cast<qlonglong>(line.rows)), figure(line.tokensIn), figure(line.tokensOut), figure(line.tokens),
            line.latencyMs ? durationText(*line.latencyMs) : TotalsPanel::tr("unknown"), costText(line.cost)};
}

} // namespace

TotalsPanel::TotalsPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_workers(services.workers), m_pricesPath(PriceList::pathBeside(services.settings.fileName())), m_table(tableOf(arguments)), m_key(keyOf(arguments)), m_place(placeOf(arguments)),
      m_message(new MessageBar(this)), m_title(new ElidedLabel(this)), m_sum(new ElidedLabel(this)), m_note(new QLabel(this)), m_lines(new QTreeWidget(this))
{
    setObjectName(u"totalsPanel"_s);
    m_title->setObjectName(u"totalsTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_sum->setObjectName(u"totalsSum"_s);
    m_sum->setFont(sizedFont(font(), metrics::titlePx));
    m_sum->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, metrics::space2);
    m_note->setObjectName(u"totalsNote"_s);
    m_note->setWordWrap(true);
    m_note->setFont(sizedFont(font(), metrics::captionPx));
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, metrics::space2);
    m_lines->setObjectName(u"totalsLines"_s);
    m_lines->setAccessibleName(tr("Totals by model"));
    m_lines->setHeaderLabels({tr("Model"), tr("Calls"), tr("Tokens in"), tr("Tokens out"), tr("Tokens"), tr("Time"), tr("Cost")});
    m_lines->setRootIsDecorated(false);
    m_lines->setUniformRowHeights(true);
    m_lines->setTextElideMode(Qt::ElideMiddle); // a model's maker and its version both tell it apart
    m_lines->setFrameShape(QFrame::NoFrame);
    m_lines->header()->setStretchLastSection(false);
    m_lines->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_lines->header()->setSectionResizeMode(Model, QHeaderView::Stretch);
    for (int column = Calls; column < ColumnCount; ++column)
        m_lines->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    auto *edit = new QPushButton(tr("Edit prices…"), this);
    edit->setObjectName(u"editPrices"_s);
    auto *head = new QHBoxLayout;
    head->setSpacing(metrics::space2);
    head->setContentsMargins(metrics::space4, metrics::space2, metrics::space3, 0);
    head->addWidget(m_title, 1);
    head->addWidget(edit);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_sum);
    layout->addWidget(m_message);
    layout->addWidget(m_lines, 1);
    layout->addWidget(m_note);
    connect(edit, &QPushButton::clicked, this, [this] {
        const QTreeWidgetItem *item = m_lines->currentItem();
        editPrices(item == nullptr ? QString() : item->data(Model, Qt::UserRole).toString());
    });
    connect(m_message, &MessageBar::actionTriggered, this, &TotalsPanel::reload);
    setFocusProxy(m_lines);
    reload();
}

TotalsPanel::~TotalsPanel()
{
    m_stop.request_stop();
}

QString TotalsPanel::title() const
{
    return m_label.isEmpty() ? tr("Totals") : tr("Totals of %1").arg(m_label);
}

void TotalsPanel::reload()
{
    m_stop.request_stop();
    m_stop = {};
    if (!hasTotals(*context().profile)) {
        m_note->setText(tr("Totals are tokens, time and cost. Nothing in this database is known to keep them."));
        m_lines->hide();
        emit settled();
        return;
    }
    m_note->setText(tr("Adding up…"));
    const auto job = [context = context(), table = m_table, key = m_key, group = m_place, path = m_pricesPath](Connection &connection) -> Result<Reading> {
        const Result<PriceList> prices = PriceList::inUse(path, context.profile->prices);
        if (!prices)
            return failure(prices);
        const LensScope scope{connection, *context.catalog, *context.profile};
        Hierarchy hierarchy(connection, context.catalog, context.profile);
        if (key.empty()) {
            const Result<TreePath> place = group.isEmpty() ? TreePath() : TreePath::parse(group);
            if (!place)
                return failure(place);
            Result<Totals> totals = readTotals(scope, hierarchy, *place, *prices);
            if (!totals)
                return failure(totals);
            Reading reading{std::move(*totals), {}, group};
            if (const Result<TreeGroupInfo> info = place->isGroup() ? hierarchy.group(*place) : Result<TreeGroupInfo>(failure(ErrorCode::NotFound, {})))
                reading.label = info->title;
            return reading;
        }
        Result<Totals> totals = readTotals(scope, table, key, *prices);
        if (!totals)
            return failure(totals);
        Reading reading{std::move(*totals), {}, {}};
        if (const Result<TreePath> place = hierarchy.pathTo(table, key)) {
            reading.path = place->toString();
            if (const Result<TreeNode> node = hierarchy.node(*place))
                reading.label = node->label;
        }
        return reading;
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](const Result<Reading> &reading) {
        if (reading) {
            m_message->clear();
            accept(*reading);
        } else if (reading.error().code != ErrorCode::Cancelled) {
            m_note->clear();
            m_message->showError(reading.error(), tr("Try again"));
            emit settled();
        }
    });
}

void TotalsPanel::accept(const Reading &reading)
{
    m_label = reading.label;
    m_path = reading.path.isEmpty() && !m_key.empty() ? QString() : reading.path + u'#' + kind();
    m_title->setText(title());
    const Totals &totals = reading.totals;
    m_sum->setText(tokensAndCost(totals));
    m_lines->clear();
    const auto add = [this](const TotalsLine &line, const QString &name, bool isSum) {
        auto *item = new QTreeWidgetItem(m_lines, cellsOf(line, name));
        item->setData(Model, Qt::UserRole, line.model);
        for (int column = Calls; column < ColumnCount; ++column)
            item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
        for (int column = 0; isSum && column < ColumnCount; ++column)
            item->setFont(column, sizedFont(font(), metrics::bodyPx, QFont::DemiBold));
    };
    // What no call was counted with has no column.
    const auto isKnown = [&totals](auto member) { return totals.lines.empty() || std::ranges::any_of(totals.lines, [member](const TotalsLine &line) { return (line.*member).has_value(); }); };
    m_lines->setColumnHidden(In, !isKnown(&TotalsLine::tokensIn));
    m_lines->setColumnHidden(Out, !isKnown(&TotalsLine::tokensOut));
    m_lines->setColumnHidden(Time, !isKnown(&TotalsLine::latencyMs));
    for (const TotalsLine &line : totals.lines)
        add(line, line.model.isEmpty() ? tr("(model not recorded)") : line.model, false);
    if (totals.lines.size() > 1)
        add(totals.all, tr("All"), true);
    QStringList notes;
    if (totals.isEmpty())
        notes.append(tr("Nothing has been called below this record."));
    if (totals.all.uncounted > 0)
        notes.append(tr("%n calls have no count of tokens.", nullptr, static_cast<int>(totals.all.uncounted)));
    if (!totals.all.cost && !totals.isEmpty())
        notes.append(totals.knownCost > 0 ? tr("%1 of the cost is known; for the rest a price or a count is missing.").arg(costText(totals.knownCost)) : tr("The cost is unknown: a price or a count is missing."));
    m_note->setText(notes.join(u' '));
    emit titleChanged();
    emit pathChanged();
    emit settled();
}

void TotalsPanel::editPrices(const QString &model)
{
    auto *dialog = new PriceDialog(m_workers, m_pricesPath, this);
    connect(dialog, &PriceDialog::saved, this, &TotalsPanel::reload);
    if (!model.isEmpty())
        dialog->addModel(model);
    dialog->open();
}

void TotalsPanel::copy(const QString &)
{
    QStringList lines;
    for (int row = 0; row < m_lines->topLevelItemCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < ColumnCount; ++column)
            cells.append(m_lines->topLevelItem(row)->text(column));
        lines.append(cells.join(u'\t'));
    }
    QApplication::clipboard()->setText(lines.join(u'\n'));
}

PanelKind totalsPanelKind()
{
    PanelKind kind;
    kind.id = u"totals"_s;
    kind.title = TotalsPanel::tr("T&otals");
    kind.icon = u"number"_s;
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) { return hasTotals(*context.profile, table) ? TotalsPanel::tr("Totals") : QString(); };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new TotalsPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
