// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/series.h"
#include "models/lenses/totals.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"
#include "views/transcript/transcriptheads.h"

#include <stop_token>

class QLabel;
class QLineEdit;
class QToolButton;

namespace turnstone {

class MessageBar;
class ReadingView;
class RecordTeller;
class SeriesStrip;

/// A game, a discussion, a run or a conversation as text to read: speakers, chapters, what was seen and thought folded away, scores
/// beside it. What it reads stands in the profile's lens of kind `transcript`. Opened on a row of the entries, it shows the record
/// that the row belongs to, at that row.
///
/// Texts are read as they come into view; nothing of a long conversation is kept that cannot be seen. GUI thread only.
class TranscriptPanel final : public Panel
{
    Q_OBJECT

public:
    TranscriptPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~TranscriptPanel() override;

    QString title() const override;
    QString path() const override { return m_path; }
    std::optional<Record> currentRecord() const override;
    bool showsRecords() const override { return true; }
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void setShownZone(ShownZone zone) override;
    void copy(const QString &format) override;
    void find() override;

public slots:
    void reload() override;
    void refresh() override { read(true); }

private:
    /// What one reading gives.
    struct Reading
    {
        std::shared_ptr<const Transcript> transcript;
        std::vector<Series> series;
        RowKey record;
        QString path;
        std::optional<Totals> totals;
    };

    void buildHead();
    void read(bool keepPlace);
    void accept(Reading reading, bool keepPlace);
    void showHeads(bool keepPlace);
    void readBodies(const std::vector<int> &heads);
    void showCurrent(int head);
    /// An entry is chosen from the beginning, though the path is that of the whole still.
    void chooseFirst();
    /// Tells the record of an entry; the path becomes the entry's if it is the place that somebody went to.
    void choose(int entry, bool isPlace);
    void search();
    void showHit(int hit);
    void openLink(int head, const QString &id);
    void showMenu(int head, const QPoint &position);
    void copyMarkdown();
    void copyPath();
    void goToEntry(const RowKey &key);
    int entryOf(int head) const;
    void updateWindow();

    QThreadPool &m_workers;
    /// The user's price list, beside the settings.
    const QString m_pricesPath;
    const QString m_table;
    const RowKey m_key;
    std::optional<TranscriptLens> m_lens;
    QString m_format;
    ReadingView *m_view;
    SeriesStrip *m_strip;
    MessageBar *m_message;
    QLabel *m_title;
    QLabel *m_summary;
    QWidget *m_findBar;
    QLineEdit *m_find;
    QLabel *m_findCount;
    QToolButton *m_roles;
    QToolButton *m_asides;
    QToolButton *m_seriesMenu;

    std::shared_ptr<const Transcript> m_transcript;
    TranscriptHeads m_heads;
    TranscriptLook m_look;
    RowKey m_recordKey;
    QString m_recordPath;
    QString m_entryPath; ///< of the chosen entry, for copies
    QString m_path;
    RecordTeller *m_record;
    std::vector<TranscriptHit> m_hits;
    qsizetype m_hitLength = 0;
    int m_hit = -1;
    int m_wantedEntry = -1;
    bool m_isRead = false;
    std::stop_source m_stop;
    std::stop_source m_stopSearch;
    std::stop_source m_stopCurrent;
};

PanelKind transcriptPanelKind();

} // namespace turnstone
